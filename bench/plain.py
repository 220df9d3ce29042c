"""Settings and URLs of the benchmarks: the shipped ones, and the plain page that others are measured against."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.plain_urls"
