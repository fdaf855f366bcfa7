from nmedia_app.workflow import WorkflowDocumentRow


class ArticleContributor(WorkflowDocumentRow):
	pass
