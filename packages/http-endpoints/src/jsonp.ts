/** jQuery's `jQuery1720_163`, Angular's `angular.callbacks._0`: names and paths of names, nothing that could be code. */
export function isCallbackName(text: string): boolean {
  return text.length <= 256 && /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[\d{1,9}\])*$/.test(text);
}

/** `cb({...});` */
export function wrapJsonp(callback: string, json: string): string {
  return `${callback}(${json});`;
}
