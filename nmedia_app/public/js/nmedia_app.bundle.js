import "./desk/annex";
import "./desk/changes";
import "./desk/chinese";
import "./desk/contributors";
import "./desk/tasks";
import "./desk/workflow";
