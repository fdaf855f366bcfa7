/**
 * Seconds for air-datepicker 2.2.3, which stops at minutes: a third slider, `ss` and `s` in formats,
 * and the options minSeconds, maxSeconds and secondsStep.
 *
 * Frappe's Datetime and Time fields hide slider and text again where the time format has no seconds.
 */
import "./datepicker_seconds.css";

const { Constructor: Datepicker, Timepicker } = window.jQuery.fn.datepicker;
const LAST_SECOND = 59;

const SLIDER_ROW = '<div class="datepicker--time-row"><input type="range" name="seconds"></div>';
const TEXT =
	'<span class="datepicker--time-current-colon">:</span>' +
	'<span class="datepicker--time-current-seconds"></span>';

const between = (low, value, high) => Math.min(Math.max(value, low), high);
const within_a_minute = (value, fallback) =>
	value >= 0 && value <= LAST_SECOND ? Number(value) : fallback;

/** Puts something behind methods of a class; it gets the arguments that the method got. */
function after(prototype, additions) {
	for (const [name, addition] of Object.entries(additions)) {
		const method = prototype[name];
		prototype[name] = function (...args) {
			const result = method.apply(this, args);
			addition.apply(this, args);
			return result;
		};
	}
}

/** Below -1, equal 0, above 1: by hour and minute alone. */
const compare_minutes = (a, b) =>
	Math.sign(a.getHours() - b.getHours() || a.getMinutes() - b.getMinutes());

after(Timepicker.prototype, {
	_setDefaultMinMaxTime() {
		this.minSeconds = within_a_minute(this.opts.minSeconds, 0);
		this.maxSeconds = within_a_minute(this.opts.maxSeconds, LAST_SECOND);
	},
	_setMinTimeFromDate(earliest) {
		const chosen = this.d.lastSelectedDate;
		if (chosen && compare_minutes(chosen, earliest) > 0) return;
		this.minSeconds = earliest.getSeconds();
	},
	_setMaxTimeFromDate(latest) {
		const chosen = this.d.lastSelectedDate;
		if (chosen && compare_minutes(chosen, latest) < 0) return;
		this.maxSeconds = latest.getSeconds();
	},
	_validateHoursMinutes() {
		this.seconds = between(this.minSeconds, this.seconds, this.maxSeconds);
	},
	_setTime(date) {
		this.seconds = between(this.minSeconds, date.getSeconds(), this.maxSeconds);
	},
	_buildHTML() {
		const $row = window.jQuery(SLIDER_ROW).insertAfter(this.$minutes.parent());
		this.$seconds = $row.children().attr("step", this.opts.secondsStep || 1);
		this.$ranges = this.$ranges.add(this.$seconds);
		this.$secondsText = window.jQuery(TEXT).insertAfter(this.$minutesText).last();
		this.update();
	},
	_updateRanges() {
		this.$seconds.attr({ min: this.minSeconds, max: this.maxSeconds }).val(this.seconds);
	},
	_updateCurrentTime() {
		this.$secondsText.text(Datepicker.getLeadingZeroNum(this.seconds));
	},
	/** The picker takes hours and minutes over after this event, and shows the date then. */
	_onSelectDate(event, date) {
		date.setSeconds(this.seconds);
	},
});

after(Datepicker.prototype, {
	/** Narrower limits may have moved the seconds. */
	update() {
		const chosen = this.timepicker && this.lastSelectedDate;
		if (!chosen || chosen.getSeconds() === this.timepicker.seconds) return;
		chosen.setSeconds(this.timepicker.seconds);
		this._setInputValue();
	},
});

const { formatDate, _onClickCell, _onTimeChange } = Datepicker.prototype;

Object.assign(Datepicker.prototype, {
	/** Seconds first: they leave digits behind, in which no other sign of the format is found. */
	formatDate(format, date = this.date) {
		const seconds = date.getSeconds();
		const signs = { ss: Datepicker.getLeadingZeroNum(seconds), s: seconds };
		const with_seconds = Object.entries(signs).reduce(
			(text, [sign, value]) =>
				this._replacer(text, this._getWordBoundaryRegExp(sign), value),
			format
		);
		return formatDate.call(this, with_seconds, date);
	},
	/** A cell knows its day only. */
	_onClickCell(event, day) {
		if (this.timepicker) day.setSeconds(this.timepicker.seconds);
		return _onClickCell.call(this, event, day);
	},
	_onTimeChange(event, hours, minutes) {
		const chosen = this.selectedDates.length ? this.lastSelectedDate : new Date();
		chosen.setHours(hours, minutes, this.timepicker.seconds);
		// the first touch of a slider selects today, unless today is out of bounds
		const is_first =
			!this.selectedDates.length && !this._getCell(chosen).hasClass("-disabled-");
		return is_first
			? this.selectDate(chosen)
			: _onTimeChange.call(this, event, hours, minutes);
	},
	/** `onSelect` gets copies of what is selected, to the second. */
	_triggerOnChange() {
		const dates = this.selectedDates.map((date) => new Date(date));
		if (!dates.length && this._prevOnSelectValue === "") return;

		const { dateFormat } = this.loc;
		const { multipleDates, multipleDatesSeparator, onSelect, range } = this.opts;
		const text = dates
			.map((date) => this.formatDate(dateFormat, date))
			.join(multipleDatesSeparator);
		this._prevOnSelectValue = text;
		onSelect(text, dates.length && (multipleDates || range) ? dates : (dates[0] ?? ""), this);
	},
});
