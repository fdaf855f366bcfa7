from nmedia_app.workflow import WorkflowDocumentRow


class AuditMaterial(WorkflowDocumentRow):
	pass
