import path from "node:path";

/** The project's root, from which stack files, signing keys, the install script and the notifier are found. */
export const ROOT = path.dirname(__dirname);
