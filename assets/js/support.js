// Runs before the page is drawn: tells the styles that scripts work, so that nothing jumps. An inline line would need a hole
// in the content security policy.
document.body.className += " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " govuk-frontend-supported" : "");
