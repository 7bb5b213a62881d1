import { spawn } from "node:child_process";

/** Opens an address in the browser, where there is somebody to see it and a program that does so. */
export function openBrowser(address: string, environment: NodeJS.ProcessEnv = process.env): void {
  const program = browserProgram(process.platform, environment);
  if (program === undefined) return;
  // Without one that is installed nothing opens, and the address stands on the terminal.
  spawn(program, [address], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}

/** undefined where there is no screen, as on a server or in a session of ssh. */
export function browserProgram(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string | undefined {
  if (environment.CI || environment.SSH_CONNECTION) return undefined;
  if (platform === "darwin") return "open";
  return environment.DISPLAY || environment.WAYLAND_DISPLAY ? "xdg-open" : undefined;
}
