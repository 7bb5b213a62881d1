import { parseProcesses } from "../../infra/config/processes";

it("takes every name that a Procfile may have", () => {
  expect(parseProcesses("web=1 celeryBeat=2 web_2=0 2nd=3")).toEqual({ web: 1, celeryBeat: 2, web_2: 0, "2nd": 3 });
});

it.each(["--tail=1", "wéb=1", "web", "web=x"])("does not take %s", (text) => {
  expect(parseProcesses(text)).toBeUndefined();
});
