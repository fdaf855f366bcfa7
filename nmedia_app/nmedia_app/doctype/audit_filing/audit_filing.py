from nmedia_app.workflow import WorkflowDocumentRow


class AuditFiling(WorkflowDocumentRow):
	pass
