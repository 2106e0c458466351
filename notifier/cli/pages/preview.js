// A mail's frame is as high as the mail. Without this script it scrolls.
for (const frame of document.querySelectorAll("iframe")) {
  const fit = () => {
    const inner = frame.contentDocument && frame.contentDocument.documentElement;
    if (!inner) return;
    frame.style.height = "0"; // else the height is at least what the frame had before
    frame.style.height = Math.min(inner.scrollHeight, 1600) + "px";
  };
  frame.addEventListener("load", fit);
  window.addEventListener("resize", fit);
  fit();
}
