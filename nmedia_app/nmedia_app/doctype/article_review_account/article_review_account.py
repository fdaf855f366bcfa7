from nmedia_app.workflow import WorkflowDocumentRow


class ArticleReviewAccount(WorkflowDocumentRow):
	pass
