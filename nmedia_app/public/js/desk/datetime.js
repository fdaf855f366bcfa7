// Where times are shown without seconds, Frappe 16 reads the value of a time in a dialog without them, finds
// that it differs from what it just set, and sets it again for ever: the browser hangs.
const { prototype } = frappe.ui.form.ControlDatetime;
const { get_model_value } = prototype;
prototype.get_model_value = function () {
	return this.doc ? get_model_value.call(this) : this.value;
};
