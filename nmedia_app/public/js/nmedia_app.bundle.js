import "./desk/workflow";
import "./desk/annex";
import "./desk/article_notes";
import "./desk/chinese";
import "./desk/comparison";
import "./desk/contributors";
import "./desk/publication";
import "./desk/tasks";
