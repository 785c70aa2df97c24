/**
 * Source text without what is not code: comments, strings, regular expressions.
 *
 * @module
 */

const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const STRING = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y;
const REGEXP = /\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
/** Text of a template, up to its end or to the next `${`. */
const TEMPLATE_TEXT = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y;

/** Ends of code after which a slash begins a regular expression and does not divide. */
const BEFORE_REGEXP =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|of|in))\s*$/;

/**
 * Removes comments and the content of strings, templates and regular
 * expressions; code in the `${…}` of a template stays.
 *
 * Good for looking for names, not for parsing: a regular expression right after
 * a closing bracket is taken for a division.
 *
 * @param source TypeScript.
 * @returns The code that is left.
 */
export function stripCode(source: string): string {
  let code = "";
  let at = 0;
  let depth = 0;
  // Depths of the braces that end the hole of a template, the innermost last.
  const holes: number[] = [];
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    at += text?.length ?? 0;
    return text;
  };
  const takeTemplateText = () => {
    if (take(TEMPLATE_TEXT)?.endsWith("{")) holes.push(depth++);
  };
  while (at < source.length) {
    if (take(COMMENT) !== undefined) continue;
    if (take(STRING) !== undefined) {
      code += '""';
      continue;
    }
    // Twenty characters hold any keyword that the pattern knows.
    if (BEFORE_REGEXP.test(code.slice(-20)) && take(REGEXP) !== undefined) {
      code += "/./";
      continue;
    }
    const character = source[at++]!;
    if (character === "{") depth++;
    if (character === "}") depth--;
    if (character === "`") {
      code += '""';
      takeTemplateText();
    } else if (character === "}" && holes.at(-1) === depth) {
      holes.pop();
      code += " ";
      takeTemplateText();
    } else code += character;
  }
  return code;
}
