from nmedia_app import __version__
from nmedia_app.roles import ALL as _roles

app_name = "nmedia_app"
app_title = "New Media Management"
app_publisher = "nmedia_app contributors"
app_description = "New media management for a university IT division"
app_email = "nmedia_app@nmedia.example"
app_license = "MIT"
app_version = __version__
app_logo_url = "/assets/nmedia_app/images/logo.svg"
app_icon_url = app_logo_url
app_home = "/app/new-media-management"
required_apps = []

add_to_apps_screen = [
	{
		"name": app_name,
		"logo": app_logo_url,
		"title": app_title,
		"route": app_home,
		"has_permission": "nmedia_app.permissions.may_open_app",
	}
]

app_include_js = ["nmedia_app.bundle.js"]
app_include_css = ["nmedia_app.bundle.css"]

# the annexes' context, for standard print formats and for those that an administrator makes of them
jinja = {"methods": ["nmedia_app.nmedia_app.print_formats.annexes.get_annex_context"]}

extend_bootinfo = "nmedia_app.boot.extend_bootinfo"
page_js = {"print": "public/js/print.js"}
doctype_js = {
	"Notification Log": "public/js/notification_log.js",
	"Print Format": "public/js/print_format.js",
	"Workflow": "public/js/workflow.js",
}

# Migrate imports fixtures again each time: only what the app owns for good may be one.
fixtures = [{"dt": "Role", "filters": [["name", "in", list(_roles)]]}]

# the address on Annex 2's QR code
website_route_rules = [{"from_route": "/review/<code>", "to_route": "verify_review"}]

after_install = [
	"nmedia_app.install.after_install",
	"nmedia_app.workflow_definition.allow_renaming_states",
]
after_migrate = "nmedia_app.install.after_migrate"
before_uninstall = "nmedia_app.install.before_uninstall"
after_uninstall = "nmedia_app.install.after_uninstall"

permission_query_conditions = {
	"Article Review": "nmedia_app.permissions.article_review_query",
	"Account Filing": "nmedia_app.permissions.account_filing_query",
	"Annual Audit": "nmedia_app.permissions.annual_audit_query",
	"Closure Task": "nmedia_app.permissions.closure_task_query",
	"Approval Record": "nmedia_app.permissions.approval_record_query",
	"Article Attachment": "nmedia_app.permissions.article_attachment_query",
	"Article Contributor": "nmedia_app.permissions.article_contributor_query",
	"Article Publication": "nmedia_app.permissions.article_publication_query",
	"Article Review Account": "nmedia_app.permissions.article_review_account_query",
	"Audit Filing": "nmedia_app.permissions.audit_filing_query",
	"Audit Incident": "nmedia_app.permissions.audit_incident_query",
	"Audit Material": "nmedia_app.permissions.audit_material_query",
	"Closure Extension": "nmedia_app.permissions.closure_extension_query",
	"File": "nmedia_app.permissions.file_query",
}
has_permission = {
	"Article Review": "nmedia_app.permissions.may_access_document",
	"Account Filing": "nmedia_app.permissions.may_access_document",
	"Annual Audit": "nmedia_app.permissions.may_access_document",
	"Closure Task": "nmedia_app.permissions.may_access_document",
	"Media Account": "nmedia_app.permissions.may_access_account",
}

override_doctype_class = {"File": "nmedia_app.files.ReviewedFile"}
_workflow = "frappe.model.workflow"
_data_import = "frappe.core.doctype.data_import.data_import"
_account_import = "nmedia_app.services.account_import"
_notification_log = "frappe.desk.doctype.notification_log.notification_log"
_workflow_action = "frappe.workflow.doctype.workflow_action.workflow_action"
override_whitelisted_methods = {
	f"{_workflow}.apply_workflow": "nmedia_app.workflow.apply_workflow",
	f"{_workflow}.get_transitions": "nmedia_app.workflow.get_transitions",
	f"{_workflow}.bulk_workflow_approval": "nmedia_app.ways_round.bulk_workflow_approval",
	f"{_workflow}.get_common_transition_actions": "nmedia_app.ways_round.get_common_transition_actions",
	f"{_workflow_action}.apply_action": "nmedia_app.ways_round.apply_action",
	f"{_workflow_action}.confirm_action": "nmedia_app.ways_round.confirm_action",
	"frappe.core.api.file.zip_files": "nmedia_app.ways_round.zip_files",
	f"{_notification_log}.get_notification_logs": "nmedia_app.notices_api.get_notification_logs",
	f"{_data_import}.form_start_import": f"{_account_import}.form_start_import",
	f"{_data_import}.get_preview_from_template": f"{_account_import}.get_preview_from_template",
	f"{_data_import}.download_errored_template": f"{_account_import}.download_errored_template",
}

before_request = [
	"nmedia_app.language.speak_to_guests",
	"nmedia_app.ways_round.refuse_earlier_zip_address",
]

scheduler_events = {
	# every few minutes
	"all": ["nmedia_app.services.robot.send_due"],
	"hourly": [
		"nmedia_app.services.reminders.send_reminders",
		"nmedia_app.services.bundles.remove_old",
		"nmedia_app.services.picture_files.remove_old",
	],
	"daily": [
		"nmedia_app.services.robot.clear_old_messages",
		"nmedia_app.services.due_changes.run_daily",
		"nmedia_app.services.audit_rounds.run_daily",
	],
	"daily_long": ["nmedia_app.services.sealing.check_all_seals"],
}

calendars = ["Article Review"]

_definition = "nmedia_app.workflow_definition"
_note_change = "nmedia_app.services.shipped_defaults.note_change"
_of_default = {"on_update": _note_change, "after_rename": _note_change, "after_delete": _note_change}
_keep_governed = f"{_definition}.keep_types_governed"

doc_events = {
	"Data Import": {"before_validate": f"{_account_import}.translate_import_file"},
	"User": {"on_update": "nmedia_app.services.due_changes.on_user_update"},
	"Workflow": {
		**_of_default,
		"before_validate": f"{_definition}.check_definition",
		"on_update": [_note_change, _keep_governed],
		"on_trash": _keep_governed,
	},
	"Workflow State": {
		**_of_default,
		"before_rename": f"{_definition}.refuse_merging_states",
		"after_rename": [
			f"{_definition}.refuse_merging_states",
			f"{_definition}.forget_drawings",
			_note_change,
		],
	},
	"Workflow Action Master": _of_default,
	"Custom HTML Block": _of_default,
}
