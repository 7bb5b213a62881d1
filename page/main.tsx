import { render } from "preact";
import { App } from "./app";

const root = document.getElementById("page");
if (root !== null) {
  root.textContent = "";
  render(<App />, root);
}
