export function exampleNames(): string[]
export function writeExamples(): Promise<void>
