/** The text of every option, by class and name, of all exported classes that have a static description. */
export function optionTexts(): Readonly<Record<string, Readonly<Record<string, string>>>>;
