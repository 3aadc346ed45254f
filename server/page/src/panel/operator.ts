/** Who works at this page, as the browser remembers. */

const REMEMBERED_AS = "feiying.operator";

export function recallOperator(): string {
  try {
    return localStorage.getItem(REMEMBERED_AS) ?? "";
  } catch {
    return "";
  }
}

export function rememberOperator(who: string): void {
  try {
    localStorage.setItem(REMEMBERED_AS, who.trim());
  } catch {
    // a browser that keeps nothing asks again next time
  }
}
