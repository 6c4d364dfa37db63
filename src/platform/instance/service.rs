//! Opening, reading and changing the instance's settings.

use std::sync::Arc;

use arc_swap::ArcSwap;
use serde_json::{Map, Value};

use super::model::{InstanceSettings, Names};
use super::store;
use crate::kernel::clock::Timestamp;
use crate::kernel::error::{Error, Result};
use crate::platform::changes::Refresh;
use crate::platform::db::Db;

const TOPIC: &str = "instance_settings";
const NAMES: &str = "names";

/// The instance's settings; clones share what is remembered.
#[derive(Clone)]
pub struct Instance {
    db: Db,
    names: Arc<Names>,
    current: Arc<ArcSwap<InstanceSettings>>,
}

/// Why an instance does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A fixed name differs from the configured one.
    #[error(
        "this instance was first started as {stored}, but is configured as {configured}; tokens, relying parties and SDK keys \
         carry that name: set it back, or start once with --change-issuer to change it for good"
    )]
    NameChanged {
        /// What the database says.
        stored: String,
        /// What the settings say.
        configured: String,
    },
    /// The seed or a stored section breaks a rule.
    #[error("instance settings: {0}")]
    Invalid(String),
    /// A database error.
    #[error(transparent)]
    Db(#[from] Error),
}

impl Instance {
    /// Opens the instance; at its first start, writes the seed and fixes the names.
    ///
    /// # Errors
    /// [`OpenError`]: see its variants.
    pub async fn open(db: Db, names: Names, change_names: bool, seed: &str, now: Timestamp) -> Result<Self, OpenError> {
        let seed: Map<String, Value> = toml::from_str(seed).map_err(|error| OpenError::Invalid(error.to_string()))?;
        let mut stored = store::load(db.reader()).await?;
        let mut missing = Map::new();
        for (section, value) in seed {
            if !stored.contains_key(&section) {
                missing.insert(section, value);
            }
        }
        let configured = serde_json::to_value(&names).map_err(Error::internal)?;
        let is_changed = stored.get(NAMES).is_some_and(|fixed| *fixed != configured);
        if is_changed && !change_names {
            return Err(name_changed(&stored, &names));
        }
        if is_changed {
            let renamed = &Map::from_iter([(NAMES.to_owned(), configured.clone())]);
            db.write(|tx| async move { store::save(&tx, renamed, now).await })
                .await?;
        } else if !stored.contains_key(NAMES) {
            missing.insert(NAMES.to_owned(), configured.clone());
        }
        if !missing.is_empty() {
            let missing = &missing;
            db.write(|tx| async move { store::seed(&tx, missing, now).await })
                .await?;
        }
        stored = store::load(db.reader()).await?;
        if stored.get(NAMES) != Some(&configured) {
            // a node that started at the same moment under another name was faster
            return Err(name_changed(&stored, &names));
        }
        let settings = parse(stored).map_err(OpenError::Invalid)?;
        Ok(Self {
            db,
            names: Arc::new(names),
            current: Arc::new(ArcSwap::from_pointee(settings)),
        })
    }

    /// The two fixed names.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The settings as they are now.
    pub fn settings(&self) -> Arc<InstanceSettings> {
        self.current.load_full()
    }

    /// Sets one value, such as `branding.name`, given as JSON or as bare text.
    ///
    /// # Errors
    /// `BadInput` when there is no such setting or the value breaks a rule.
    pub async fn set(&self, name: &str, value: &str, now: Timestamp) -> Result<()> {
        let refused = |detail: String| Error::bad_input("invalid_setting", detail);
        let mut sections = match serde_json::to_value(&*self.settings()).map_err(Error::internal)? {
            Value::Object(sections) => sections,
            _ => Map::new(),
        };
        let (section, key) = name.split_once('.').unwrap_or((name, ""));
        let slot = sections
            .get_mut(section)
            .and_then(|section| section.get_mut(key))
            .ok_or_else(|| refused(format!("there is no setting {name}")))?;
        *slot = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        InstanceSettings::from_value(Value::Object(sections.clone())).map_err(refused)?;
        sections.retain(|name, _| name == section);
        let sections = &sections;
        self.db
            .write(|tx| async move {
                store::save(&tx, sections, now).await?;
                tx.changed(TOPIC).await
            })
            .await?;
        self.refresh().await
    }
}

#[async_trait::async_trait]
impl Refresh for Instance {
    fn topic(&self) -> &'static str {
        TOPIC
    }

    async fn refresh(&self) -> Result<()> {
        let settings = parse(store::load(self.db.reader()).await?).map_err(Error::internal)?;
        self.current.store(Arc::new(settings));
        Ok(())
    }
}

fn parse(mut sections: Map<String, Value>) -> Result<InstanceSettings, String> {
    sections.remove(NAMES);
    InstanceSettings::from_value(Value::Object(sections))
}

fn name_changed(stored: &Map<String, Value>, configured: &Names) -> OpenError {
    let stored = stored.get(NAMES).cloned().unwrap_or_default();
    match serde_json::from_value::<Names>(stored) {
        Ok(stored) => OpenError::NameChanged {
            stored: words(&stored),
            configured: words(configured),
        },
        Err(error) => OpenError::Db(Error::internal(error)),
    }
}

fn words(names: &Names) -> String {
    format!("{} (frontend host {})", names.public_url, names.frontend_host)
}
