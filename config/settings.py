"""The only settings file. Unset variables mean the embedded default: nothing installed around it."""

import os
from datetime import timedelta
from pathlib import Path

import django_stubs_ext
import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from config import embedded

django_stubs_ext.monkeypatch()  # so that Django's classes may say what they hold: ``ModelChoiceField[Organisation]``

BASE_DIR = embedded.BASE_DIR
env = environ.Env()

# Where it stands: embedded by default, production when told or when bound beyond this machine
BIND = env.str("LUOSHI_BIND", f"127.0.0.1:{env.int('PORT', 8000)}")
PRODUCTION = env.bool("LUOSHI_PRODUCTION", False) or not embedded.is_loopback(BIND)
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
# Keys are taken as they stand: ``env`` would take one that begins with $ for the name of another variable
SECRET_KEY = os.environ.get("SECRET_KEY", "") or ("" if PRODUCTION else embedded.generated_secret_key())
SECRET_KEY_FALLBACKS = embedded.keys_in(os.environ.get("SECRET_KEY_FALLBACKS", ""))  # still open what they sealed
CLOCK_SHIFT_DAYS = env.float("LUOSHI_CLOCK_SHIFT_DAYS", 0.0)  # moves dates.clock, for the demo and for rehearsals
if PRODUCTION and (
    reason := embedded.refusal(
        secret_key=SECRET_KEY, debug=DEBUG, allowed_hosts=ALLOWED_HOSTS, clock_shift=CLOCK_SHIFT_DAYS
    )
):
    raise SystemExit(reason)

VAR_DIR = Path(env.str("LUOSHI_VAR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "import_export",
    "template_partials",
    "records",
    "orgs",
    "reminders",
    "tasks",
    "supervision",
    "ledgers",
    "bulletins",
    "demo",
]

MIDDLEWARE = [
    "records.middleware.RequestIdMiddleware",
    "records.cleaning.CleanInputMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "records.middleware.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "orgs.pages.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "orgs.sign_in.middleware.SignInRequiredMiddleware",
    "orgs.sign_in.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "records.once.OnceMiddleware",
    "orgs.pages.middleware.TwoAtOnceMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "records.trouble.TroubleMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "records.templatetags.sending_key",  # after Django's own: its csrf_token brings the form's key too
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "orgs.pages.context.actor",
            ],
        },
    }
]

# Data
DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'luoshi.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,  # seconds a save waits for the one writer: a large job holds it, and waiting loses nothing
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A county's tables lie in memory: reading by index costs hardly more than reading on. The server's own 4.0, meant
    # for spinning disks, lets it read every assignment of the county for one township's page.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c random_page_cost=1.1")
    DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)  # seconds: a server that is away is said to be
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")
HAS_REDIS = bool(REDIS_URL)
CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 10},  # seconds: away is said, not waited out
        }
        if HAS_REDIS
        else {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": VAR_DIR / "cache",
            "OPTIONS": {"MAX_ENTRIES": 10_000},  # beyond it entries are thrown out at random, signs of life too
        }
    )
}
MEDIA_ROOT = VAR_DIR / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
STORED_FILE_MAX_BYTES = env.int("STORED_FILE_MAX_BYTES", 20 * 1024 * 1024)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# People
AUTH_USER_MODEL = "orgs.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_MIN_LENGTH = 10
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
SESSION_COOKIE_AGE = env.int("SESSION_SECONDS", 8 * 3600)  # seconds without a request until one signs in again
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION and env.bool("HTTPS", True)
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = False  # scripts read it at each request: signing in in another tab changes it
ACTIVATION_CODE_DAYS = 14
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "orgs.sign_in.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are never counted per person: the event log is the only record
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the waiting time shown on the page stays true
AXES_CLIENT_IP_CALLABLE = "orgs.sign_in.acting.address_of"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "new_password1", "new_password2", "csrfmiddlewaretoken"]
PROXY_COUNT = env.int("PROXY_COUNT", 0)  # proxies of our own in front; each adds one address to X-Forwarded-For

# Safety
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("HTTPS", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("HSTS_SUBDOMAINS", False)
    CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[f"https://{host}" for host in ALLOWED_HOSTS])

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]

# Static files
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not PRODUCTION

# Mail
EMAIL_CONFIG = env.email("EMAIL_URL", "consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "luoshi@localhost")
EMAIL_TIMEOUT = 20  # seconds: a mail server that hangs must not hold a worker

# Reminders: where their links lead, and the channels beside message centre and mail
SITE_URL = env.str("SITE_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else f"http://{BIND}").rstrip("/")
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", "")
SMS_GATEWAY_TOKEN = env.str("SMS_GATEWAY_TOKEN", "")
WECOM_ROBOT_URL = env.str("WECOM_ROBOT_URL", "")
DINGTALK_ROBOT_URL = env.str("DINGTALK_ROBOT_URL", "")
DINGTALK_ROBOT_SECRET = env.str("DINGTALK_ROBOT_SECRET", "")
REMINDER_CLAIM_SECONDS = env.int("REMINDER_CLAIM_SECONDS", 600)  # then work that was begun counts as abandoned

# Background work: a broker in files by default, Redis when told where it is
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 3600}
    if HAS_REDIS
    else {
        "data_folder_in": str(VAR_DIR / "queue"),
        "data_folder_out": str(VAR_DIR / "queue"),
        "control_folder": str(VAR_DIR / "queue-control"),
        "polling_interval": 0.25,  # seconds
    }
)
if not HAS_REDIS:
    (VAR_DIR / "queue").mkdir(mode=0o700, exist_ok=True)
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_QUEUES = [Queue("celery"), Queue("mail"), Queue("work")]  # apart: neither slow mail nor an import holds up
CELERY_TASK_ROUTES = {"reminders.send": {"queue": "mail"}, "records.work": {"queue": "work"}}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_TASK_SOFT_TIME_LIMIT = 14 * 60
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "records.heartbeat", "schedule": 20.0, "options": {"expires": 15}},
    "work": {"task": "records.sweep_work", "schedule": 60.0, "options": {"expires": 55}},
    "reminders": (
        {"task": "reminders.sweep", "schedule": crontab(minute="*/5"), "options": {"expires": 280}}
        if HAS_REDIS
        else {"task": "reminders.sweep", "schedule": 60.0, "options": {"expires": 55}}
    ),
    "forget": {"task": "ledgers.forget", "schedule": crontab(hour=3, minute=20), "options": {"expires": 3600}},
    "files": {"task": "records.keep_files", "schedule": crontab(hour=2, minute=40), "options": {"expires": 3600}},
    "sendings": {
        "task": "records.forget_sendings",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 3600},
    },
    "snapshot": {"task": "tasks.take_snapshot", "schedule": crontab(minute="5,35"), "options": {"expires": 1500}},
    "lights": {"task": "tasks.mend_days", "schedule": crontab(hour="0", minute="20"), "options": {"expires": 3000}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# Logs: one JSON object a line, with the request's id
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "records.middleware.RequestIdFilter"}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            "json_ensure_ascii": False,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {"django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
CSRF_FAILURE_VIEW = "orgs.pages.errors.csrf_failure"
