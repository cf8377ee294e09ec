/** How a formula begins in Excel, LibreOffice and Google Sheets, in full-width signs too. */
const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/;
const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A text as it may stand in a cell of a csv file that people open: one that a spreadsheet would compute is led by an apostrophe.
 * What reads as a number stays as it is.
 */
export function csvCell(text: string): string {
  return formulaStart.test(text) && !plainNumber.test(text) ? `'${text}` : text;
}
