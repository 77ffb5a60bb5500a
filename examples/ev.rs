use pm2lint::js::*;
use std::sync::Arc;
fn show(n:&Node, ind:usize){ let p=" ".repeat(ind); match &n.kind { NodeKind::Object(es)=>{ println!("{{{}", n.open.as_deref().map(|w|format!(" ...{w}")).unwrap_or_default()); for e in es { print!("{p}  {}: ", e.key); show(&e.value, ind+2);} println!("{p}}}"); } NodeKind::Array(es)=>{ println!("[{}", n.open.as_deref().map(|w|format!(" ...{w}")).unwrap_or_default()); for e in es { print!("{p}  "); show(e, ind+2);} println!("{p}]");} k=>{ println!("{:?} {}", k, if n.assumed_unset.is_empty(){String::new()}else{format!("assumed {:?}", n.assumed_unset)}) } } }
fn main(){ let a:Vec<String>=std::env::args().collect();
 let c=pm2lint::checkout::Checkout::open(std::path::Path::new(&a[1])).unwrap();
 let r=pm2lint::program::resolve::Resolver::new(&c);
 let m=pm2lint::program::modules::Modules::new(&c,&r);
 match pm2lint::ecosystem::evaluate(&m,&Arc::from(a[2].as_str())) { Ok(n)=>show(&n,0), Err(e)=>println!("ERR {e:?}") } }
