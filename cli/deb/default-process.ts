import { type ProcessType, WEB } from "./process";

/** What decides which process Heroku gives an app without a Procfile. */
export interface DefaultProcessFiles {
  /** At the app's top. */
  readonly names: ReadonlySet<string>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly gemfileLock: string | undefined;
}

/** The process Heroku gives an app without a Procfile (its Ruby and Node.js buildpacks, in their order), where it gives one. */
export function defaultProcess(files: DefaultProcessFiles): ProcessType | undefined {
  const command = rubyCommand(files) ?? nodeCommand(files);
  return command === undefined ? undefined : { name: WEB, command };
}

function rubyCommand({ names, gemfileLock }: DefaultProcessFiles): string | undefined {
  if (gemfileLock === undefined) return undefined;
  if (/^ {4}railties \(/m.test(gemfileLock)) return "bundle exec rails server -b 0.0.0.0 -p $PORT -e $RAILS_ENV";
  return names.has("config.ru") ? "bundle exec rackup config.ru -p $PORT" : undefined;
}

/** What `npm start` runs: hosts need not have npm, and signals reach the server itself. */
function nodeCommand({ names, scripts }: DefaultProcessFiles): string | undefined {
  if (scripts.start !== undefined) return [scripts.prestart, scripts.start].filter(Boolean).join(" && ");
  return names.has("package.json") && names.has("server.js") ? "node server.js" : undefined;
}
