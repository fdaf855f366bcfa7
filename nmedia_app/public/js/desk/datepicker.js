/**
 * Frappe picks times with seconds through its own edition of air-datepicker. Where the assets were built with
 * the edition of the npm registry, which knows no seconds, a time would read 15:00:ss: leave the seconds out.
 */
const { prototype: timepicker } = $.fn.datepicker.Timepicker;

if (!timepicker._buildHTML.toString().includes("econds")) {
	timepicker.$seconds = timepicker.$secondsText = $();

	const { prototype: control } = frappe.ui.form.ControlDatetime;
	const set_date_options = control.set_date_options;
	control.set_date_options = function () {
		set_date_options.call(this);
		const { timeFormat } = this.datepicker_options;
		this.datepicker_options.timeFormat = timeFormat.replace(":ss", "");
	};
}
