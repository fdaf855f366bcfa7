const { open_bench } = require("./bench");
const { start_relay } = require("./realtime");

start_relay(open_bench()).catch((error) => {
	console.error(`The realtime relay cannot start: ${error.message}`);
	process.exit(1);
});
