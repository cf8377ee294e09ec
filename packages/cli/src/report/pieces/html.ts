/** A piece of HTML, as opposed to text that must be escaped. */
export interface Html {
  readonly html: string;
}

/** Text as HTML shows it; characters that control devices are shown as unknown ones. */
export function escape(text: string): string {
  return text
    .replaceAll(CONTROL, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
