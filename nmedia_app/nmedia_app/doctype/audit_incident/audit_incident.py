from nmedia_app.workflow import WorkflowDocumentRow


class AuditIncident(WorkflowDocumentRow):
	pass
