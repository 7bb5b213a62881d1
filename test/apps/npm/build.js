const { writeFileSync } = require("node:fs");

writeFileSync("built.json", JSON.stringify({ greeting: "npm" }));
