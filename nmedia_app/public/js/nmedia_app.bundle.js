import "./desk/annex";
import "./desk/tasks";
import "./desk/workflow";
