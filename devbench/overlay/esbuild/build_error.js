/** Something the person at the keyboard can set right: the message says it all, a stack would not. */
class BuildError extends Error {}

module.exports = { BuildError };
