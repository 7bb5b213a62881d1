const ARN = /\barn:aws[\w-]*:[\w-]*:[\w-]*:\w{0,20}:([^\s"',;<>()]*[\w/*])/g;

/** @returns the text with each ARN cut down to the resource it names: `instance/i-0abc`, `db:orders` */
export function shortenArns(text: string): string {
  return text.replace(ARN, "$1");
}
