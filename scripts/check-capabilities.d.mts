export function checkCapabilities(root: string): string[]
