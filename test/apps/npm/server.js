const express = require("express");
const { greeting } = require("./built.json");

const server = express()
  .get("/", (_request, response) => response.send(`${greeting} ${process.env.APP_VERSION}\n`))
  .listen(process.env.PORT);

process.on("SIGTERM", () => server.close(() => process.exit(0)));
