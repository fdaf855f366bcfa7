from nmedia_app.workflow import WorkflowDocumentRow


class ClosureExtension(WorkflowDocumentRow):
	pass
