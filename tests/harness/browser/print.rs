//! What leaves the printer: the pages of a print view with their size, their words, and a picture of one in printer dots.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{Browser, tidy};
use crate::picture::Picture;

/// A print view in a tab of its own.
pub struct Printed {
    /// Width and height of each page on paper, in tenths of a millimetre.
    pub pages: Vec<(u32, u32)>,
    /// The words on each page, in the order they were drawn.
    pub words: Vec<Vec<String>>,
    /// Words that stand out of their page, or under its edge.
    pub cut: Vec<String>,
    /// The document, as a person would keep it.
    pub pdf: Vec<u8>,
}

/// Asks for nothing: a person answers the dialogue, and a test has none.
const ASKED: &str = "window.print = () => { window.asked = (window.asked ?? 0) + 1 }";

/// The words of each page, and those that are not wholly on it: from the tops of capitals to the ends of what hangs down,
/// because the box of a font is higher than its letters.
const WORDS: &str = "
const pages = [...document.querySelectorAll('body > div')];
const words = pages.map(page => [...page.querySelectorAll('text')].map(text => text.textContent));
const cut = pages.flatMap(page => {
    const edge = page.getBoundingClientRect();
    return [...page.querySelectorAll('text')].filter(text => {
        const box = text.getBoundingClientRect(), matrix = text.getScreenCTM();
        const [base, size] = [Number(text.getAttribute('y')), Number(text.getAttribute('font-size'))];
        const at = y => new DOMPoint(0, y).matrixTransform(matrix).y;
        return box.left < edge.left || box.right > edge.right
            || at(base - size * 0.75) < edge.top || at(base + size * 0.22) > edge.bottom;
    }).map(text => text.textContent);
});
return {words, cut};
";

impl Browser {
    /// Follows a link to a print view into a tab of its own, as its `target` says, and prints it at its own size. The tab
    /// stays in front.
    pub async fn print(&self, link: &str) -> Printed {
        let href = format!(
            "const e = document.querySelector({link:?}); return e && e.target === '_blank' && !e.matches('.is-off') \
             && e.getAttribute('href').startsWith('/') && e.getAttribute('href')"
        );
        self.wait_js(&format!("a `{link}` to print"), &href).await;
        let href = self.js(&href).await;
        self.open_tab().await;
        self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": ASKED})).await;
        self.goto(href.as_str().expect("an address")).await;
        self.wait_js("the dialogue of the printer", "return window.asked === 1").await;
        self.cdp("Emulation.clearDeviceMetricsOverride", json!({})).await;
        self.cdp("Emulation.setEmulatedMedia", json!({"media": "print"})).await;
        let seen = self.js(WORDS).await;
        let options = json!({"preferCSSPageSize": true, "printBackground": true, "displayHeaderFooter": false});
        let answer = self.cdp("Page.printToPDF", options).await;
        let pdf = STANDARD.decode(answer["data"].as_str().expect("a document")).expect("base64");
        let read = |name: &str| serde_json::from_value(seen[name].clone()).expect("words");
        Printed { pages: page_sizes(&pdf), words: read("words"), cut: read_flat(&seen["cut"]), pdf }
    }

    /// A picture of one page of the print view in front, in dots of this many to a metre.
    pub async fn page_picture(&self, page: usize, dots_per_metre: u32) -> Picture {
        // 96 of the page's own dots are an inch
        let clip = format!(
            "const box = document.querySelectorAll('body > div')[{page}].getBoundingClientRect();
             const scale = {dots_per_metre} * 0.0254 / 96;
             return {{x: box.left + scrollX, y: box.top + scrollY, width: box.width, height: box.height, scale}}"
        );
        let clip = self.js(&clip).await;
        let options = json!({"format": "png", "clip": clip, "captureBeyondViewport": true});
        let answer = self.cdp("Page.captureScreenshot", options).await;
        Picture::of_png(&STANDARD.decode(answer["data"].as_str().expect("a picture")).expect("base64"))
    }
}

fn read_flat(words: &Value) -> Vec<String> {
    words.as_array().into_iter().flatten().map(|word| tidy(word.as_str().unwrap_or_default())).collect()
}

/// The media boxes of a PDF whose page tree is not packed, as Chromium writes it, in tenths of a millimetre.
fn page_sizes(pdf: &[u8]) -> Vec<(u32, u32)> {
    let text = String::from_utf8_lossy(pdf);
    let boxes = text.split("/MediaBox [").skip(1).map(|rest| rest.split(']').next().unwrap_or_default());
    boxes
        .map(|numbers| {
            let tenths: Vec<u32> = numbers.split_whitespace().map(tenths_mm).collect();
            let [_, _, width, height] = tenths[..] else { panic!("no box: {numbers:?}") };
            (width, height)
        })
        .collect()
}

/// A length in points, of which 72 are 25.4 mm, in tenths of a millimetre.
fn tenths_mm(points: &str) -> u32 {
    let (whole, part) = points.split_once('.').unwrap_or((points, ""));
    let thousandths = format!("{whole}{:0<3}", part.get(..3).unwrap_or(part));
    let thousandths: u32 = thousandths.parse().expect("a length");
    (thousandths * 254 + 36_000) / 72_000
}

#[cfg(test)]
mod tests {
    use super::page_sizes;

    #[test]
    fn pages_of_a_document_are_told_in_tenths_of_a_millimetre() {
        let pdf =
            b"<</Type /Page\n/MediaBox [0 0 594.95999 841.91998]>> <</Type /Page\n/MediaBox [0 0 283.46 141.73]>>";
        assert_eq!(page_sizes(pdf), [(2_099, 2_970), (1_000, 500)]);
    }
}
