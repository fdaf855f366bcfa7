from nmedia_app.workflow import WorkflowDocumentRow


class ApprovalRecord(WorkflowDocumentRow):
	pass
