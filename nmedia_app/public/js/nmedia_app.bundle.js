import "./desk/annex";
import "./desk/chinese";
import "./desk/contributors";
import "./desk/tasks";
import "./desk/urge";
import "./desk/workflow";
