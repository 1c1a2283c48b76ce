//! The search page as somebody before the screen uses and sees it. All selectors stand here.

use std::future::Future;
use std::panic::Location;
use std::path::Path;
use std::time::Duration;

use axum::http::Method;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, Locator};
use libtest_mimic::Failed;
use serde_json::{Value, json};

/// Longer than anything takes on a busy machine: it ends tests that hang, it does not measure.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Clone)]
pub struct Page {
    client: Client,
}

/// One line of the results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Place in the collection, from 0.
    pub id: String,
    /// Place of the picture in the question that this work is nearest to, from 0.
    pub query: String,
    pub file: String,
    /// Whether it is one of the visitor's own pictures.
    pub own: bool,
    pub title: String,
    pub verdict: String,
    /// As a number with 32 bits, as the engine computed it.
    pub score: String,
    /// Whether the thumbnail is there and has been decoded.
    pub pictured: bool,
    /// All that is written.
    pub text: String,
}

impl Page {
    /// Opens the site's page and waits until it says that it is ready.
    pub async fn open_ready(client: &Client, address: &str) -> Result<Page, Failed> {
        let page = Page::open(client, address).await?;
        page.wait_for_state("ready").await?;
        Ok(page)
    }

    pub async fn open(client: &Client, address: &str) -> Result<Page, Failed> {
        client.goto(address).await?;
        Ok(Page { client: client.clone() })
    }

    /// The page that the browser, or the frame that it is in, shows already.
    pub fn here(client: &Client) -> Page {
        Page { client: client.clone() }
    }

    /// Waits for `loading`, `ready`, `searching`, `answered` or `error`.
    pub async fn wait_for_state(&self, wanted: &str) -> Result<(), Failed> {
        let state = || async { Ok(self.run("return document.body.dataset.state", vec![]).await? == wanted) };
        match until(state).await {
            Ok(()) => Ok(()),
            Err(error) => {
                let body = self.text_of("body").await.unwrap_or_default();
                Err(format!("the page is not {wanted} after {PATIENCE:?} ({error:?}); it shows:\n{body}").into())
            }
        }
    }

    /// Chooses a file in the file input.
    pub async fn choose(&self, file: &Path) -> Result<(), Failed> {
        self.forget_state().await?;
        let input = self.client.find(Locator::Css("#picture")).await?;
        Ok(input.send_keys(file.to_str().ok_or("the path is not text")?).await?)
    }

    /// Chooses several files at once.
    pub async fn choose_all(&self, files: &[&Path]) -> Result<(), Failed> {
        self.forget_state().await?;
        self.give("#picture", files).await
    }

    /// Chooses files in another input.
    pub async fn give(&self, input: &str, files: &[&Path]) -> Result<(), Failed> {
        let paths: Option<Vec<&str>> = files.iter().map(|file| file.to_str()).collect();
        let input = self.client.find(Locator::Css(input)).await?;
        Ok(input.send_keys(&paths.ok_or("a path is not text")?.join("\n")).await?)
    }

    /// Clicks the first element that matches, wherever it is; it gets the focus first, as by a real click.
    pub async fn click(&self, selector: &str) -> Result<(), Failed> {
        let script = "const clicked = document.querySelector(arguments[0]); clicked.focus(); clicked.click()";
        self.run(script, vec![json!(selector)]).await.map(drop)
    }

    /// Clicks something that leads to another answer, and waits for that.
    pub async fn click_and_answer(&self, selector: &str) -> Result<Vec<Shown>, Failed> {
        self.forget_state().await?;
        self.click(selector).await?;
        self.answer().await
    }

    /// Marks the state as seen, so that an earlier answer is not taken for the next one.
    pub async fn forget_state(&self) -> Result<(), Failed> {
        let script = "const { dataset } = document.body; if (dataset.state !== 'loading') dataset.state = 'seen'";
        self.run(script, vec![]).await.map(drop)
    }

    /// Chooses a file, waits for the answer and returns it.
    pub async fn ask(&self, file: &Path) -> Result<Vec<Shown>, Failed> {
        self.choose(file).await?;
        self.answer().await
    }

    /// Chooses several files at once, waits for the answer and returns it.
    pub async fn ask_all(&self, files: &[&Path]) -> Result<Vec<Shown>, Failed> {
        self.choose_all(files).await?;
        self.answer().await
    }

    /// Waits for the answer to the question just asked and returns its lines.
    pub async fn answer(&self) -> Result<Vec<Shown>, Failed> {
        self.wait_for_state("answered").await?;
        self.results().await
    }

    /// The lines of the results as they are now.
    pub async fn results(&self) -> Result<Vec<Shown>, Failed> {
        let script = r##"
            return Promise.all([...document.querySelectorAll("#results > li")].map(async (line) => {
                const picture = line.querySelector("img");
                if (picture && !picture.complete) await new Promise((done) => { picture.onload = picture.onerror = done; });
                return {
                    ...line.dataset,
                    title: line.querySelector("h3").textContent,
                    pictured: Boolean(picture?.naturalWidth),
                    text: line.innerText,
                };
            }))"##;
        let lines = self.run(script, vec![]).await?;
        let lines = lines.as_array().ok_or("the results are no list")?;
        Ok(lines.iter().map(Shown::from).collect())
    }

    /// Waits until an error is shown next to the file input and returns its code and its text.
    pub async fn error(&self) -> Result<(String, String), Failed> {
        self.wait_for_state("error").await?;
        let code = self.run("return document.querySelector('#error').dataset.code", vec![]).await?;
        Ok((code.as_str().unwrap_or_default().to_owned(), self.text_of("#error").await?))
    }

    /// What can be read in the first element that matches, nothing where it is hidden. Asked of the browser itself, because drivers differ in what
    /// they make of white space and of what was opened just now.
    pub async fn text_of(&self, selector: &str) -> Result<String, Failed> {
        let script = "const asked = document.querySelector(arguments[0]);
            return asked.checkVisibility() ? asked.innerText.trim() : ''";
        let text = self.run(script, vec![json!(selector)]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// What the heading over the answer says of the best match: `same`, `similar` or `none`.
    pub async fn verdict(&self) -> Result<String, Failed> {
        let verdict = self.run("return document.querySelector('#verdict').dataset.verdict", vec![]).await?;
        Ok(verdict.as_str().unwrap_or_default().to_owned())
    }

    /// Runs the body of an asynchronous function in the page and waits for what it returns.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value, Failed> {
        let script = format!("return (async function () {{\n{script}\n}}).apply(null, arguments)");
        Ok(self.client.execute(&script, arguments).await?)
    }

    /// Presses keys one after the other, each let go before the next.
    pub async fn press(&self, keys: &[Key]) -> Result<(), Failed> {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for key in keys {
            let value = char::from(*key);
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        Ok(self.client.perform_actions(actions).await?)
    }

    /// Presses Tab, or Shift and Tab where that is the way, until an element that matches has the focus. It never goes
    /// round: behind the last element there are the browser's own buttons.
    pub async fn tab_to(&self, selector: &str) -> Result<(), Failed> {
        let way = "const [wanted, here] = [document.querySelector(arguments[0]), document.activeElement];
            if (!wanted) return 'missing';
            if (here.matches(arguments[0])) return 'here';
            return here.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_PRECEDING ? 'back' : 'on'";
        for _ in 0..300 {
            match self.run(way, vec![json!(selector)]).await?.as_str() {
                Some("here") => return Ok(()),
                Some("on") => self.press(&[Key::Tab]).await?,
                Some("back") => self.press_with_shift(Key::Tab).await?,
                _ => return Err(format!("there is no {selector}").into()),
            }
        }
        Err(format!("Tab never reaches {selector}").into())
    }

    async fn press_with_shift(&self, key: Key) -> Result<(), Failed> {
        let [shift, value] = [Key::Shift, key].map(char::from);
        let actions = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: shift })
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value })
            .then(KeyAction::Up { value: shift });
        Ok(self.client.perform_actions(actions).await?)
    }

    /// A command of Chromium's own protocol, for what WebDriver cannot set.
    pub async fn devtools(&self, command: &'static str, parameters: Value) -> Result<(), Failed> {
        self.client.issue_cmd(Devtools { command, parameters }).await?;
        Ok(())
    }

    /// Shows the page as a screen of this size shows it, a finger's where it is as small as a phone's. Only in Chromium.
    pub async fn on_screen(&self, width: u32, height: u32) -> Result<(), Failed> {
        let phone = width < 600;
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await?;
        self.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone })).await
    }

    /// Shows the page in the colours for this scheme, `light` or `dark`. Only in Chromium.
    pub async fn in_colours(&self, scheme: &str) -> Result<(), Failed> {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", features).await
    }

    /// Waits until nothing moves any more that comes to an end.
    pub async fn come_to_rest(&self) -> Result<(), Failed> {
        let rest = "const moving = document.getAnimations().filter((movement) => movement.effect.getComputedTiming().endTime < Infinity);
            await Promise.allSettled(moving.map((movement) => movement.finished))";
        self.run(rest, vec![]).await.map(drop)
    }

    pub async fn screenshot(&self) -> Result<Vec<u8>, Failed> {
        Ok(self.client.screenshot().await?)
    }

    /// Visits the same address again. What drivers call refreshing goes past the service worker in Firefox.
    pub async fn reload(&self) -> Result<(), Failed> {
        let address = self.client.current_url().await?;
        Ok(self.client.goto(address.as_str()).await?)
    }
}

impl From<&Value> for Shown {
    fn from(line: &Value) -> Shown {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        Shown {
            id: text("id"),
            query: text("query"),
            file: text("file"),
            own: text("own") == "true",
            title: text("title"),
            verdict: text("verdict"),
            score: text("score"),
            pictured: line["pictured"] == true,
            text: text("text"),
        }
    }
}

/// Asks again and again until the answer is yes.
#[track_caller]
pub fn until<F: Future<Output = Result<bool, Failed>>>(
    question: impl Fn() -> F,
) -> impl Future<Output = Result<(), Failed>> {
    let asked = Location::caller();
    let asking = async move {
        while !question().await? {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    };
    async move {
        let told = tokio::time::timeout(PATIENCE, asking).await;
        told.unwrap_or_else(|_| Err(format!("{asked}: waited in vain for {PATIENCE:?}").into()))
    }
}

#[derive(Debug)]
struct Devtools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "cmd": self.command, "params": self.parameters }).to_string()))
    }
}
