import "./desk/annex";
import "./desk/datepicker";
import "./desk/tasks";
import "./desk/workflow";
