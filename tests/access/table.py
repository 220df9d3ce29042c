"""The access table: for every URL, who gets through, and for whom it does not exist.

A person in neither list meets 403 with a reason. ``go`` and ``gone`` name people of the cast; keys of ``args`` are
those of ``tests.access.world``.
"""

from dataclasses import dataclass, field

ADMINISTRATORS = "sysadmin secadmin audit"
COUNTY = "office office2 leader inspector"
HEKOU = "hekou hekou2 hekou_leader"
BUSINESS = f"{COUNTY} agri finance {HEKOU} jinling liangxin shiling city"
EVERYBODY = f"{BUSINESS} {ADMINISTRATORS}"

OFFICE = "office office2"
ISSUERS = f"{OFFICE} agri"
SEE_VILLAGE = f"{COUNTY} agri city {HEKOU} shiling"  # the organisation 石岭村
NOT_VILLAGE = "finance jinling liangxin"
SEE_ROW = f"{COUNTY} city {HEKOU} shiling"  # rows of 石岭村 in a theme nobody leads
NOT_ROW = "agri finance jinling liangxin"
SEE_LED = f"{SEE_ROW} agri"  # rows of 石岭村 in the theme 农业农村局 leads
NOT_LED = "finance jinling liangxin"
NOT_DRAFT = f"leader inspector city agri finance {HEKOU} jinling liangxin shiling"
REPORT = "hekou hekou2 shiling"
FILL_GRID = "hekou hekou2 jinling liangxin"
SEE_PERSONAL = f"{OFFICE} {HEKOU} jinling liangxin shiling finance"
SEE_IMPORT = f"{COUNTY} city {HEKOU}"  # imports of 河口镇
NOT_IMPORT = "agri finance jinling liangxin shiling"
WRITE_LEDGERS = "office office2 hekou hekou2 shiling"

FILL_TABLES = f"{OFFICE} hekou hekou2 jinling liangxin"
NOT_TABLE = f"{OFFICE} jinling liangxin"  # they fill in tables, but not this one of 河口镇


@dataclass(frozen=True)
class Row:
    """One URL: its arguments, how it is asked, who gets through (``go``) and who learns nothing (``gone``)."""

    go: str
    gone: str = ""
    args: tuple[str, ...] = ()
    method: str = "get"
    form: dict[str, str] = field(default_factory=dict)


PUBLIC = {"health", "sign_in", "activate", "language"}

TABLE: dict[str, Row] = {
    # Everybody's own
    "home": Row(EVERYBODY),
    "no_post": Row(EVERYBODY),
    "password_change": Row(EVERYBODY),
    "sign_out": Row(EVERYBODY, method="post"),
    "post_switch": Row("hekou", EVERYBODY.replace("hekou ", "", 1), ("post",), "post"),
    # Organisations
    "organisations": Row(BUSINESS),
    "organisation_suggest": Row(f"{BUSINESS} sysadmin secadmin"),
    "organisation_totals": Row(BUSINESS),
    "organisation_totals_export": Row(BUSINESS),
    "organisation": Row(SEE_VILLAGE, NOT_VILLAGE, ("village",)),
    "organisation_edit": Row(OFFICE, NOT_VILLAGE, ("village",)),
    "organisation_rate": Row(OFFICE, NOT_VILLAGE, ("village",)),
    "organisation_name_add": Row(OFFICE, NOT_VILLAGE, ("village",)),
    "organisation_name_remove": Row(OFFICE, NOT_VILLAGE, ("name",), "post"),
    "term_add": Row(f"{OFFICE} hekou hekou2", NOT_VILLAGE, ("village",)),
    "relation_add": Row(OFFICE, NOT_VILLAGE, ("village",)),
    "relation_end": Row(OFFICE, "agri finance jinling liangxin", ("relation",)),
    "responsibility": Row(BUSINESS),
    "responsibility_export": Row(BUSINESS),
    "responsibility_import": Row("office office2 hekou hekou2 jinling liangxin"),
    "responsibility_gaps": Row(BUSINESS),
    "responsibility_new": Row("office office2 hekou hekou2 jinling liangxin"),
    "responsibility_edit": Row(f"{OFFICE} hekou hekou2", NOT_ROW, ("responsibility",)),
    "responsibility_end": Row(f"{OFFICE} hekou hekou2", NOT_ROW, ("responsibility",)),
    "responsibility_copy": Row(f"{OFFICE} hekou hekou2", NOT_ROW, ("responsibility",)),
    "history": Row(SEE_VILLAGE, NOT_VILLAGE, ("=orgs.organisation", "village")),
    "change_undo": Row(f"{OFFICE} hekou hekou2", NOT_ROW, ("change_set",), "post"),
    "register": Row(OFFICE),
    "register_preview": Row(OFFICE),
    "register_load": Row(OFFICE, method="post"),
    "register_loaded": Row(OFFICE, args=("register_set",)),
    "register_export": Row(BUSINESS),
    "reorganise": Row(OFFICE, NOT_VILLAGE, ("village",)),
    "reorganise_step": Row(OFFICE, NOT_VILLAGE, ("village", "=close")),
    "reorganised": Row(OFFICE, NOT_VILLAGE, ("reorganised_set",)),
    "settings": Row(OFFICE),
    "workdays": Row(OFFICE),
    "workdays_paste": Row(OFFICE),
    "workday_remove": Row(OFFICE, args=("workday",), method="post"),
    "setting_reset": Row(OFFICE, args=("=tests.number",), method="post"),
    # People
    "people": Row("sysadmin"),
    "people_export": Row("sysadmin"),
    "person_new": Row("sysadmin"),
    "people_paste": Row("sysadmin"),
    "person": Row("sysadmin", args=("person",)),
    "person_edit": Row("sysadmin", args=("person",)),
    "person_renew": Row("sysadmin", args=("person",), method="post"),
    "person_close": Row("sysadmin", args=("person",), method="post"),
    "person_reopen": Row("sysadmin", args=("person",), method="post"),
    "person_appoint": Row("sysadmin", args=("person",)),
    "post_end": Row("sysadmin", args=("post",)),
    "post_end_undo": Row("sysadmin", args=("ended_set",), method="post"),
    "roles": Row("secadmin"),
    "locks": Row("secadmin"),
    "unlock": Row("secadmin", method="post"),
    "policies": Row("secadmin"),
    "events": Row("audit"),
    "events_export": Row("audit"),
    # Ledgers
    "ledgers": Row(BUSINESS),
    "ledgers_export": Row(BUSINESS),
    "ledger": Row(
        "office office2 hekou hekou2 hekou_leader jinling liangxin shiling finance", args=("=mobile_members",)
    ),
    "ledger_export": Row(BUSINESS, args=("=venue",)),
    "ledger_blank": Row(BUSINESS, args=("=venue",)),
    "ledger_missing": Row(BUSINESS, args=("=venue_survey",)),
    "ledger_kinds": Row(OFFICE),
    "ledger_kind_new": Row(OFFICE),
    "ledger_kind": Row(OFFICE, args=("=venue",)),
    "ledger_kind_propose": Row(OFFICE, args=("=venue",)),
    "ledger_kind_upload": Row(OFFICE, args=("=venue",), method="post"),
    "ledger_kind_reset": Row(OFFICE, args=("=venue",), method="post"),
    "ledger_column_new": Row(OFFICE, args=("=venue",)),
    "ledger_column": Row(OFFICE, args=("=venue", "=floor_area")),
    "ledger_column_remove": Row(OFFICE, args=("=venue", "=floor_area"), method="post"),
    "ledger_column_move": Row(OFFICE, args=("=venue", "=floor_area", "=up"), method="post"),
    "ledger_boards": Row(BUSINESS),
    "ledger_board": Row(BUSINESS, args=("=income",)),
    "ledger_board_export": Row(BUSINESS, args=("=coverage",)),
    "ledger_board_rows": Row(BUSINESS, args=("=venues", "=left")),
    "ledger_board_task": Row(ISSUERS, args=("=income",), method="post"),
    "ledger_reveal": Row(SEE_PERSONAL, args=("=mobile_members",), method="post", form={"reason": "核对联系方式"}),
    "ledger_imports": Row(BUSINESS),
    "ledger_import_send": Row("office office2 hekou hekou2 jinling liangxin agri finance", method="post"),
    "ledger_import": Row(SEE_IMPORT, NOT_IMPORT, ("import",)),
    "ledger_import_headings": Row(SEE_IMPORT, NOT_IMPORT, ("import",)),
    "ledger_import_row": Row("hekou hekou2", NOT_IMPORT, ("import", "import_row")),
    "ledger_import_answers": Row("hekou hekou2", NOT_IMPORT, ("import",), "post"),
    "ledger_import_commit": Row("hekou hekou2", NOT_IMPORT, ("import",), "post"),
    "ledger_import_undo": Row(f"{OFFICE} hekou hekou2", NOT_IMPORT, ("imported",), "post"),
    "ledger_import_discard": Row("hekou hekou2", NOT_IMPORT, ("import",), "post"),
    "ledger_import_marked": Row(SEE_IMPORT, NOT_IMPORT, ("import",)),
    "ledger_import_source": Row(SEE_IMPORT, NOT_IMPORT, ("import", "import_file")),
    "ledger_entry_new": Row(f"{WRITE_LEDGERS} jinling liangxin finance agri", args=("=venue",)),
    "ledger_entry": Row(SEE_ROW, NOT_ROW, ("ledger_entry",)),
    "ledger_entry_edit": Row(WRITE_LEDGERS, NOT_ROW, ("ledger_entry",)),
    "ledger_entry_link": Row(WRITE_LEDGERS, NOT_ROW, ("ledger_entry",), "post"),
    "ledger_entry_promote": Row(OFFICE, NOT_ROW, ("ledger_entry",), "post"),
    "ledger_entry_delete": Row(WRITE_LEDGERS, NOT_ROW, ("ledger_entry",), "post"),
    "superior_tables": Row(FILL_TABLES),
    "superior_table_send": Row(FILL_TABLES, method="post"),
    "superior_table": Row("hekou hekou2", NOT_TABLE, ("superior_table",)),
    "superior_table_download": Row("hekou hekou2", NOT_TABLE, ("superior_table",)),
    "superior_table_remove": Row("hekou hekou2", NOT_TABLE, ("superior_table",), "post"),
    # Tasks
    "programmes": Row(BUSINESS),
    "programme": Row(BUSINESS, args=("programme",)),
    "programme_new": Row(OFFICE),
    "programme_edit": Row(OFFICE, args=("programme",)),
    "programme_year": Row(OFFICE, args=("programme",), method="post"),
    "programme_copy": Row(OFFICE, args=("programme",)),
    "programme_catalogue": Row(OFFICE, args=("programme",)),
    "programme_issue": Row(ISSUERS, args=("programme",)),
    "theme_new": Row(OFFICE, args=("programme",)),
    "theme_edit": Row(OFFICE, args=("theme",)),
    "tasks": Row(BUSINESS),
    "task_new": Row(ISSUERS),
    "task": Row(f"{SEE_ROW} jinling", "agri finance liangxin", ("task",)),
    "task_edit": Row(OFFICE, NOT_DRAFT, ("draft",)),
    "task_issue": Row(OFFICE, NOT_DRAFT, ("draft",)),
    "task_quota": Row(f"{COUNTY} city agri", "finance jinling liangxin shiling", ("quantity",)),
    "assignment_quota": Row(f"{SEE_ROW} agri".replace(" shiling", ""), f"{NOT_LED} shiling", ("quota",)),
    "task_discard": Row(OFFICE, NOT_DRAFT, ("draft",), "post"),
    "assignment": Row(SEE_ROW, NOT_ROW, ("assignment",)),
    "assignment_receive": Row("hekou hekou2", NOT_LED, ("fresh",), "post"),
    "assignment_report": Row(REPORT, NOT_ROW, ("assignment",), "post"),
    "assignment_variant": Row(REPORT, NOT_ROW, ("assignment",), "post"),
    "assignment_remark": Row(f"{OFFICE} leader {HEKOU} shiling", NOT_ROW, ("assignment",), "post"),
    "assignment_instruct": Row("leader", NOT_ROW, ("assignment",), "post"),
    "assignment_request_close": Row(REPORT, NOT_ROW, ("assignment",), "post"),
    "assignment_close": Row(f"{ISSUERS} {HEKOU}", NOT_LED, ("requested",), "post"),
    "assignment_send_back": Row(f"{ISSUERS} {HEKOU}", NOT_LED, ("requested",), "post"),
    "assignment_reopen": Row(f"{ISSUERS} {HEKOU}", "shiling finance jinling liangxin", ("closed",), "post"),
    "assignment_yield": Row(f"{OFFICE} leader {HEKOU} shiling", NOT_ROW, ("assignment",), "post"),
    "assignment_ask_extension": Row(REPORT, NOT_ROW, ("assignment",), "post"),
    "assignment_correct": Row(f"{ISSUERS} {HEKOU}", "shiling finance jinling liangxin", ("closed",), "post"),
    "task_withdraw": Row(OFFICE, "agri finance liangxin", ("task",)),
    "extensions": Row(ISSUERS),
    "extensions_decide": Row(ISSUERS, method="post"),
    "rows_change": Row(ISSUERS, args=("=withdraw",), method="post"),
    "verification": Row(f"{ISSUERS} {HEKOU} jinling liangxin"),
    "verification_close": Row(f"{ISSUERS} {HEKOU} jinling liangxin", method="post"),
    "grid": Row(HEKOU + " jinling liangxin"),
    "grid_unchanged": Row(FILL_GRID, method="post"),
    "grid_rows": Row(FILL_GRID, method="post"),
    "grid_block": Row(FILL_GRID, method="post"),
    "grid_chat": Row(FILL_GRID),
    "grid_shares": Row(FILL_GRID),
    "grid_row": Row("hekou hekou2", NOT_VILLAGE, ("village",), "post"),
    "grid_back": Row(FILL_GRID, method="post"),
    "grid_undo": Row("hekou hekou2", NOT_VILLAGE, ("village", "row_set"), "post"),
    "village_home": Row("shiling"),
    "village": Row(SEE_VILLAGE, NOT_VILLAGE, ("village",)),
    "villages_print": Row(HEKOU + " jinling liangxin shiling"),
    "entry_object": Row("shiling", NOT_ROW, ("entry",), "post", {"text": "应为 16.8 万元"}),
    "objections": Row(FILL_GRID),
    "objection_answer": Row("hekou hekou2", NOT_ROW, ("objection",)),
    "week": Row(BUSINESS),
    "rows": Row(BUSINESS),
    "rows_export": Row(BUSINESS),
    "board": Row(BUSINESS),
    "board_export": Row(BUSINESS),
    # Supervision
    "supervision": Row(BUSINESS),
    "urges": Row(BUSINESS),
    "urge_new": Row(f"{ISSUERS} {HEKOU} jinling liangxin"),
    "urge": Row(f"{COUNTY} city {HEKOU}", f"{NOT_ROW} shiling", ("urge",)),
    "orders": Row(BUSINESS),
    "order_new": Row(OFFICE),
    "order": Row(f"{COUNTY} city {HEKOU}", f"{NOT_ROW} shiling", ("order",)),
    "order_reply": Row(HEKOU, f"{NOT_ROW} shiling", ("order",), "post"),
    "order_close": Row(OFFICE, f"{NOT_ROW} shiling", ("replied_order",), "post"),
    "talks": Row(f"{OFFICE} leader"),
    "talk_new": Row(f"{OFFICE} leader"),
    "talk": Row(f"{OFFICE} leader", args=("talk",)),
    "blockers": Row(BUSINESS),
    "blocker_new": Row("hekou hekou2 jinling liangxin agri finance shiling"),
    "blocker": Row(SEE_ROW, NOT_ROW, ("blocker",)),
    "blocker_answer": Row(f"leader {HEKOU}", NOT_ROW, ("blocker",), "post"),
    "blocker_pass": Row(f"leader {HEKOU}", NOT_ROW, ("blocker",), "post"),
    "blocker_settle": Row(REPORT, NOT_ROW, ("answered_blocker",), "post"),
    "instructions": Row(BUSINESS),
    "samples": Row(BUSINESS),
    "sample": Row(f"{COUNTY} city", f"{NOT_ROW} {HEKOU} shiling", ("sample",)),
    "recheck": Row(f"{OFFICE} inspector", f"{NOT_ROW} {HEKOU} shiling", ("sampled_item",), "post"),
    "problems": Row(BUSINESS),
    "problems_export": Row(BUSINESS),
    "problem_new": Row(f"{OFFICE} agri finance {HEKOU} jinling liangxin shiling"),
    "problem": Row(SEE_ROW, NOT_ROW, ("problem",)),
    "problem_edit": Row(f"{OFFICE} {HEKOU} shiling", NOT_ROW, ("problem",)),
    "problem_solve": Row(f"{OFFICE} {HEKOU} shiling", NOT_ROW, ("problem",), "post"),
    "remedy_new": Row(f"{OFFICE} {HEKOU} shiling", NOT_ROW, ("problem",), "post"),
    "remedy_edit": Row(f"{OFFICE} {HEKOU} shiling", NOT_ROW, ("remedy",)),
    "remedy_remove": Row(f"{OFFICE} {HEKOU} shiling", NOT_ROW, ("remedy",), "post"),
    # Reminders
    "messages": Row(EVERYBODY),
    "messages_read": Row(EVERYBODY, method="post"),
    "message_address": Row(EVERYBODY, method="post"),
    "message": Row("hekou", EVERYBODY.replace("hekou ", "", 1), ("message",)),
    "message_go": Row("hekou", EVERYBODY.replace("hekou ", "", 1), ("message", "=0")),
    "deliveries": Row(OFFICE),
    "delivery_resend": Row(OFFICE, args=("delivery",), method="post"),
    "address_clear": Row(OFFICE, args=("address",), method="post"),
    "run_release": Row(OFFICE, args=("run",), method="post"),
    "reminder_kinds": Row(OFFICE),
    "reminder_kind": Row(OFFICE, args=("=task_short",)),
    "reminder_kind_reset": Row(OFFICE, args=("=task_long",), method="post"),
    "call_list": Row(f"{OFFICE} {HEKOU} jinling liangxin"),
    # Background work
    "works": Row(EVERYBODY),
    "work": Row("hekou", EVERYBODY.replace("hekou ", "", 1), ("work",)),
    "work_retry": Row("hekou", EVERYBODY.replace("hekou ", "", 1), ("work",), "post"),
    "sending": Row("hekou", EVERYBODY.replace("hekou ", "", 1), ("sending",)),
    "file": Row(SEE_ROW, f"{NOT_ROW} {ADMINISTRATORS}", ("=tasks.evidence", "evidence")),
}
