export function checkRfc(root: string): string[]
export function coverage(root: string): string
