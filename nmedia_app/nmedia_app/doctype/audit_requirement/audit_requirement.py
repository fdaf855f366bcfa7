from nmedia_app.workflow import WorkflowDocumentRow


class AuditRequirement(WorkflowDocumentRow):
	pass
