/**
 * What a shell, a reader of files or a careless quoting would trip over. Used without systemd here and with it in a container
 * (test/e2e/package.test.ts).
 */
export const NASTY = {
  quotes: `it's "quoted" 'twice'`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
  shell: "$(touch /tmp/pwned) `touch /tmp/pwned` $HOME ${PATH} $$ !! ; rm -rf / & | > <",
  backslashes: "\\ \\\\ \\n \\' \\\" C:\\dir\\",
  newlines: "one\ntwo\n\nFAKE=1\n# three\n",
  spaces: "  both ends \t ",
  unicode: "Grüße, 世界 🚢 \u00a0 é",
  comment: "# no comment ; none",
  ampersand: "a & b && \\& &",
  percent: "%i %% %n",
  empty: "",
  equals: "a=b=c",
};
