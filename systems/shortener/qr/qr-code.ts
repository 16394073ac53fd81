import qrcode from "qrcode-generator";

/** The light border that readers need around a code (ISO/IEC 18004), in modules. */
const QUIET_ZONE = 4;

/**
 * Draws a QR code of `text` as SVG: dark on white whatever the page around it, one path, level M of error correction (15 %
 * may be damaged).
 */
export function drawQrCode(text: string): string {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const modules = code.getModuleCount();
  const size = modules + 2 * QUIET_ZONE;
  let path = "";
  for (let row = 0; row < modules; row++) {
    for (let column = 0; column < modules; column++) {
      if (!code.isDark(row, column)) continue;
      const from = column;
      while (column + 1 < modules && code.isDark(row, column + 1)) column++;
      path += `M${from + QUIET_ZONE} ${row + QUIET_ZONE}h${column - from + 1}v1h-${column - from + 1}z`;
    }
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="${size * 8}" height="${size * 8}" ` +
    `shape-rendering="crispEdges" role="img"><title>QR code</title>` +
    `<path fill="#fff" d="M0 0h${size}v${size}h-${size}z"/><path fill="#000" d="${path}"/></svg>\n`
  );
}
