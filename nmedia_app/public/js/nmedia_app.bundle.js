import "./desk/annex";
import "./desk/contributors";
import "./desk/datepicker";
import "./desk/tasks";
import "./desk/workflow";
