import { spawnSync } from "node:child_process";
import { need } from "../tools";
import { renderShop, textOf } from "./render-app";

test("rendered scripts pass shellcheck", async () => {
  need("shellcheck", "shellcheck");
  const files = await renderShop("web: ./web\nworker: ./worker\n");
  const scripts = files.filter((file) => file.executable).map((file) => file.path);
  expect(scripts.sort()).toEqual([
    "DEBIAN/postinst",
    "DEBIAN/postrm",
    "DEBIAN/prerm",
    "usr/bin/shop",
    "usr/lib/shop/config",
    "usr/lib/shop/fence",
    "usr/lib/shop/launch",
  ]);
  for (const script of scripts) {
    expect(spawnSync("shellcheck", ["-"], { input: textOf(files, script), encoding: "utf8" }).stdout).toBe("");
  }
});
