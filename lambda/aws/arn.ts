const ARN = /\barn:aws[\w-]*:[\w-]*:[\w-]*:(?:\d{0,12}|aws):([^\s"',;<>()]*[\w/*])/g;

/** @returns the text with each ARN cut down to the resource it names: `instance/i-0abc`, `db:orders` */
export function shortenArns(text: string): string {
  return text.replace(ARN, "$1");
}
